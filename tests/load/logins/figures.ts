/** Of a call, or of a login for those, all processes together: where the machine is full, its inverse is the rate. */
export const CPU_FIGURE = 'CPU µs each';
