export { otpDelivery } from './otp-delivery.ts';
