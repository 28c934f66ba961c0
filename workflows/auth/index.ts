export { otpDelivery } from './otp-delivery.ts';
export { erasePerson } from './privacy/erase-person.ts';
export { exportPerson } from './privacy/export-person.ts';
