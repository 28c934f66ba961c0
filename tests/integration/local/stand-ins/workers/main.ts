import { standIn } from '../stand-in-role.ts';

standIn('WORKER_PORT');
