import { z } from 'zod';
import { UserId } from '../../ids.ts';
import { Count } from './count.ts';

/** Different emoji on one message. */
export const REACTIONS_PER_MESSAGE_MAX = 20;
/** People shown with each emoji of a message; `count` tells how many there are. */
export const REACTORS_SHOWN_MAX = 100;

/** More than any emoji of Unicode has, which is 10 UTF-16 code units for most families and 15 for the longest. */
const EMOJI_UNITS_MAX = 32;
/** One emoji that Unicode recommends for interchange (UTS #51, RGI), sequences with skin tones and flags included. */
const ONE_EMOJI = /^\p{RGI_Emoji}$/v;
const EMOJI_PRESENTATION = '\uFE0F';

/**
 * One emoji. Clients differ in whether they write the variation selector that asks for a coloured picture; it is added
 * where Unicode has it, so that the same heart is not two reactions.
 */
export const Emoji = z
  .string()
  .max(EMOJI_UNITS_MAX)
  .transform((text, context) => {
    const emoji = [text, text + EMOJI_PRESENTATION].find((form) => ONE_EMOJI.test(form));
    if (emoji !== undefined) return emoji;
    context.addIssue({ code: 'custom', message: 'must be one emoji' });
    return z.NEVER;
  });

/** What a member does: one reaction for each emoji, so several emoji of one person may stand side by side. */
export const ReactionBody = z.strictObject({ emoji: Emoji });
export type ReactionBody = z.output<typeof ReactionBody>;

/** Everyone who reacted with one emoji: `count` of them, the first 100 by name, in the order of their reacting. */
export const WireReaction = z.object({ emoji: z.string(), count: Count, user_ids: z.array(UserId) });
export type WireReaction = z.output<typeof WireReaction>;
