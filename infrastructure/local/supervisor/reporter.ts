import { SECOND } from '#shared/time.ts';
import type { Step } from '../progress.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
/** Where lines cannot be rewritten, a long step is heard of this often. */
const LINE_EVERY_MS = 10 * SECOND;
/** Columns of a terminal that does not tell its width. */
const WIDTH = 80;
const CLEAR_LINE = '\r\u001B[2K';

type Screen = NodeJS.WriteStream;

export type Reporter = {
  readonly line: (text: string) => void;
  /** Runs one step of the start, shows that it moves, and how long it took. */
  readonly step: <T>(title: string, signal: AbortSignal, work: (step: Step) => Promise<T>) => Promise<T>;
};

/** Tells people what the supervisor does: a moving line on a terminal, plain lines now and then elsewhere. */
export function makeReporter(screen: Screen): Reporter {
  // A terminal that is closed under us must not end the cluster halfway.
  screen.on('error', () => {});
  const line = (text: string) => void screen.write(`${text}\n`);
  return {
    line,
    step: async (title, signal, work) => {
      const began = performance.now();
      let now = '';
      const show = screen.isTTY ? movingLine(screen, title, began) : plainLines(line, title, began);
      const timer = setInterval(() => show(now), screen.isTTY ? FRAME_MS : LINE_EVERY_MS);
      try {
        const result = await work({ doing: (doing) => (now = doing), signal });
        if (screen.isTTY) screen.write(CLEAR_LINE);
        line(`✓ ${title} (${elapsed(began)})`);
        return result;
      } catch (error) {
        if (screen.isTTY) screen.write(CLEAR_LINE);
        line(`✗ ${title} (${elapsed(began)})`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

function movingLine(screen: Screen, title: string, began: number): (now: string) => void {
  let frame = 0;
  return (now) => {
    frame = (frame + 1) % SPINNER.length;
    const text = `${SPINNER[frame]} ${title} ${elapsed(began)}  ${now}`;
    screen.write(CLEAR_LINE + text.slice(0, (screen.columns || WIDTH) - 1));
  };
}

function plainLines(line: (text: string) => void, title: string, began: number): (now: string) => void {
  return (now) => line(`… ${title} ${elapsed(began)}  ${now}`);
}

/** "0.4 s", "12 s", "3 min 05 s". */
export function elapsed(began: number): string {
  const seconds = (performance.now() - began) / SECOND;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
}
