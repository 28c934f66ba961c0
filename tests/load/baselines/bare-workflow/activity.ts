export const steps = { nothing: async (): Promise<void> => undefined };
