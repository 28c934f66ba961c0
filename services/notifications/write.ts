import type { NotificationType } from '#shared/contracts/notifications/notification.ts';
import { AppError } from '#shared/errors.ts';
import { type Facts, NOT_WORTH_TELLING, type Recipient, type Templates, type Written } from './ports.ts';
import { type Reference, referencesIn, type Variables } from './references.ts';

/** What is to be written. */
export type Draft = {
  readonly template: string;
  readonly type: NotificationType;
  readonly recipient: Pick<Recipient, 'locale' | 'timezone' | 'country'>;
  readonly variables: Variables;
};

/** What a draft came to; `pointless` and `unwritable` are for good. */
export type Writing =
  | { readonly kind: 'written'; readonly written: Written; readonly variables: Variables }
  | { readonly kind: 'pointless' }
  | { readonly kind: 'unwritable'; readonly reason: string };

type Ports = { readonly facts: Facts; readonly templates: Templates };

/** Looks up what the drafts refer to, all of it at once, and writes each in its recipient's language. */
export async function writeAll({ facts, templates }: Ports, drafts: readonly Draft[]): Promise<Writing[]> {
  const references = new Map<string, Reference>();
  for (const { variables } of drafts) {
    for (const [, reference] of referencesIn(variables)) references.set(JSON.stringify(reference), reference);
  }
  const answers = references.size === 0 ? [] : await facts.lookUp([...references.values()]);
  const byName = new Map([...references.keys()].map((name, at) => [name, answers[at]]));
  return drafts.map((draft) => write(templates, draft, byName));
}

function write(templates: Templates, draft: Draft, answers: ReadonlyMap<string, unknown>): Writing {
  const variables: Record<string, unknown> = { ...draft.variables };
  for (const [name, reference] of referencesIn(draft.variables)) {
    const answer = answers.get(JSON.stringify(reference));
    if (answer === NOT_WORTH_TELLING) return { kind: 'pointless' };
    if (answer === undefined) delete variables[name];
    else variables[name] = answer;
  }
  const { type: way, recipient } = draft;
  try {
    const { locale, country, timezone: zone } = recipient;
    const how = { way, locale, country, zone, variables };
    return { kind: 'written', written: templates.render(draft.template, how), variables };
  } catch (error) {
    if (error instanceof AppError && error.code === 'VALIDATION_ERROR') {
      return { kind: 'unwritable', reason: reasonOf(error) };
    }
    throw error;
  }
}

/** Which variables were at fault; what they held is personal and not repeated. */
function reasonOf({ details }: AppError): string {
  const paths = Array.isArray(details) ? details.map(({ path }) => path).join(', ') : '';
  return `unwritable: ${paths}`.slice(0, 200);
}
