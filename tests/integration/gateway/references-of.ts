/** Every reference of a document within itself, and those of them that lead nowhere. */
export function referencesOf(document: object): {
  readonly all: readonly string[];
  readonly dangling: readonly string[];
} {
  const found = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)].map(([, path]) => path!);
  const all = [...new Set(found)];
  return { all: found, dangling: all.filter((path) => !leadsSomewhere(document, path)) };
}

function leadsSomewhere(document: object, path: string): boolean {
  const found = path
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
  return typeof found === 'object';
}
