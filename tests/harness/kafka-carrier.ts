import { useKafka } from './event-carrier.ts';

useKafka();
