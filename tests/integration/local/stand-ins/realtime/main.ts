import { standIn } from '../stand-in-role.ts';

standIn('REALTIME_PORT');
