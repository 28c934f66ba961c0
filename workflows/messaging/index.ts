export { keyCare } from './key-care.ts';
export { messageRetention } from './retention.ts';
