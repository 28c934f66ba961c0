import express from 'express';

/** Express as it comes: one JSON route that answers a GET, one that takes a POST. Argument: port. */
const app = express();
app.use(express.json());
app.get('/bare', (_request, response) => response.json({ id: 'bare', display_name: 'Bare' }));
app.post('/bare', (request, response) =>
  response.json({ message: 'sent', to: (request.body as { phone_number: string }).phone_number }),
);
app.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('serving'));
process.on('disconnect', () => process.exit(0));
