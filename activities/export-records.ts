import type { ExportSection, ExportSink, PersonalRecords } from '#shared/privacy.ts';

/** Records of one piece: messages of the longest kind make some 20 MB of JSON, usual ones half a megabyte. */
const PIECE_MAX = 1_000;

/**
 * Puts what a domain has of a person into their export, section by section, in pieces that are numbered alike each time,
 * so that a step that is repeated replaces what it wrote before.
 *
 * @param onProgress told after each piece: a heartbeat
 * @returns how many records there are
 */
export async function exportRecords(
  sink: ExportSink,
  requestId: string,
  sections: readonly ExportSection[],
  source: AsyncIterable<PersonalRecords>,
  onProgress: () => void,
): Promise<number> {
  const waiting = new Map<ExportSection, object[]>();
  const pieces = new Map<ExportSection, number>(sections.map((section) => [section, 0]));
  let count = 0;

  async function flush(section: ExportSection, records: readonly object[]): Promise<void> {
    const number = pieces.get(section) ?? 0;
    await sink.put(requestId, section, number, records);
    pieces.set(section, number + 1);
    onProgress();
  }

  for await (const { section, records } of source) {
    const gathered = [...(waiting.get(section) ?? []), ...records];
    while (gathered.length >= PIECE_MAX) await flush(section, gathered.splice(0, PIECE_MAX));
    waiting.set(section, gathered);
    count += records.length;
    onProgress();
  }
  for (const [section, records] of waiting) if (records.length > 0) await flush(section, records);
  // A section without a record is told as an empty list.
  for (const section of sections) if (pieces.get(section) === 0) await flush(section, []);
  for (const [section, made] of pieces) await sink.close(requestId, section, made);
  return count;
}
