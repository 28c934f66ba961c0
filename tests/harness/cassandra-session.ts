import { useCassandra } from './message-store.ts';

useCassandra();
