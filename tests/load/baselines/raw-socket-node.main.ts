import { createServer } from 'node:http';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';

/**
 * The least that relays chat between nodes: Socket.IO with the sharded Redis adapter, storing nothing, checking nothing.
 * Arguments: port, Redis URL, channel prefix.
 */
const [port, redisUrl, channelPrefix] = process.argv.slice(2) as [string, string, string];
const publish = new Redis(redisUrl);
const subscribe = new Redis(redisUrl);
const http = createServer((_, response) => response.end('ok'));
const io = new Server(http, {
  transports: ['websocket'],
  adapter: createShardedAdapter(publish, subscribe, { channelPrefix, subscriptionMode: 'dynamic' }),
});

type Sent = { readonly dialog_id: string; readonly client_id: string; readonly content: string };

let version = 0;
io.on('connection', (socket) => {
  void socket.join(`d:${String(socket.handshake.auth['dialog_id'])}`);
  socket.on('message:send', (message: Sent, ack: (answer: object) => void) => {
    version += 1;
    const created_at = new Date().toISOString();
    io.to(`d:${message.dialog_id}`).emit('message:new', {
      dialog_id: message.dialog_id,
      version,
      message: { ...message, version, created_at },
    });
    ack({ data: { message_id: message.client_id, seq: version, version, created_at } });
  });
});
http.listen(Number(port), '127.0.0.1', () => process.send?.('serving'));
process.on('disconnect', () => process.exit(0));
