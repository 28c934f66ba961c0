export { kyb, kyc } from './case-story.ts';
