/** The sender that phones show. Registered with the operators of each country before it is used there. */
export const SENDER = 'Tchat';

/** Tells the sandbox the language of a text; providers pass it over. */
export const LOCALE_HEADER = 'x-tchat-locale';
