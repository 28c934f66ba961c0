import type { Log } from '#shared/log.ts';
import type { Clock } from '#shared/time.ts';
import { BoundedMap } from './bounded-map.ts';
import { type Charges, makeCharges } from './charges.ts';
import { type Decisions, makeDecisions } from './decisions.ts';
import { type Faults, makeFaults } from './faults.ts';
import { type Inbox, makeInbox } from './inbox.ts';
import { makePost } from './post.ts';
import { makeStatements, type Statements } from './statements.ts';
import { makeWebhooks, type Webhooks } from './webhooks.ts';

const OPTED_OUT_MAX = 10_000;

/** What all providers have in common: everything that happens outside the product, kept in memory. */
export type World = {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly inbox: Inbox;
  readonly charges: Charges;
  /** What has moved through each gateway. */
  readonly statements: Statements;
  readonly webhooks: Webhooks;
  readonly decisions: Decisions;
  /** Numbers whose holders have answered STOP. */
  readonly optedOut: BoundedMap<string, true>;
  stop(): void;
};

type Where = { readonly publicUrl: string; readonly callbackUrl: string; readonly clock: Clock; readonly log: Log };

export function makeWorld({ publicUrl, callbackUrl, clock, log }: Where): World {
  const post = makePost({ publicUrl, callbackUrl });
  const faults = makeFaults();
  const webhooks = makeWebhooks({ faults, post, clock, log });
  const statements = makeStatements(clock);
  return {
    clock,
    faults,
    inbox: makeInbox(clock),
    charges: makeCharges({ webhooks, clock, ended: (charge) => statements.moved(charge) }),
    statements,
    webhooks,
    decisions: makeDecisions(),
    optedOut: new BoundedMap(OPTED_OUT_MAX),
    stop: () => {
      webhooks.stop();
      post.close();
    },
  };
}
