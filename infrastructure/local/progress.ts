/** Hears what is being done right now, in a few words: "compiling (412 packages)". Called often; it must be cheap. */
export type Progress = (doing: string) => void;
