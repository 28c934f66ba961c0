import { Counter } from 'prom-client';

const casesTotal = new Counter({
  name: 'tchat_verification_cases_total',
  help: 'Cases of people (kyc) and shops (kyb) that came to rest, by how',
  labelNames: ['kind', 'state'],
});
const escalatedTotal = new Counter({
  name: 'tchat_verification_escalations_total',
  help: 'Reviews that nobody decided in time; each of them anew when it has waited for as long again',
  labelNames: ['kind'],
});

const listedTotal = new Counter({
  name: 'tchat_verification_list_hits_total',
  help: 'Verified people (kyc) and shops (kyb) whose names have come to be on a list of sanctions',
  labelNames: ['kind'],
});

/** Counts a name that was clear and is on a list now. */
export function countListed(kind: string): void {
  listedTotal.inc({ kind });
}

/** Counts a case that came to rest, or lapsed. */
export function countCase(kind: string, state: string): void {
  casesTotal.inc({ kind, state });
}

/** Counts a review that is overdue. */
export function countEscalation(kind: string): void {
  escalatedTotal.inc({ kind });
}
