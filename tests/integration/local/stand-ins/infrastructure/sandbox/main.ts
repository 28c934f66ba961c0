import { standIn } from '../../stand-in-role.ts';

standIn('SANDBOX_PORT');
