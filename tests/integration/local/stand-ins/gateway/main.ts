import { standIn } from '../stand-in-role.ts';

standIn('GATEWAY_PORT');
