/** What a connection holds: memory of the node once its garbage is collected. */
export const BYTES_FIGURE = 'bytes a connection';
/** The same with the garbage that connecting has left lying about, which is chance. */
export const UNCOLLECTED_FIGURE = 'bytes a connection, garbage included';
