export const BYTES_FIGURE = 'bytes a connection';
