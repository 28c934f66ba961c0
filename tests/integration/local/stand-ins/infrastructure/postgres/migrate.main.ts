import { Client } from 'pg';

/** One table, by which a later start can tell that the data is still there. */
const client = new Client({ connectionString: process.env.DATABASE_OWNER_URL });
await client.connect();
await client.query('CREATE TABLE IF NOT EXISTS starts (at timestamptz NOT NULL)');
await client.query('INSERT INTO starts VALUES (now())');
await client.query('GRANT SELECT ON starts TO tchat_app');
await client.end();
