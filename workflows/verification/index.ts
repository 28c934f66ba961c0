export { kyb, kyc } from './case-story.ts';
export { rescreening } from './rescreening.ts';
