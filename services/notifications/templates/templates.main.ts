import { mkdirSync, writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { LOCALES } from '#shared/regions.ts';
import { CATALOGUE, TEMPLATE_NAMES, templateNamed } from './catalogue.ts';
import { checkCatalogue } from './check/check-catalogue.ts';
import { faultText } from './check/fault.ts';
import { currentVersion } from './current-version.ts';
import { digestOf } from './digest.ts';
import { FRAME } from './frame.ts';
import { keepGroup } from './keep.ts';
import { groupOf, KEPT, KEPT_FRAMES } from './kept.ts';
import { render } from './render.ts';
import { samples } from './samples.ts';
import { SHEETS } from './sheet.ts';
import { waysOfTemplate } from './template.ts';

const USAGE = `npm run templates -- check         what is wrong with the texts
npm run templates -- keep          keeps what they say now as their next version
npm run templates -- docs          writes docs/templates
npm run templates -- list          names and versions
npm run templates -- show NAME     one template in every language and way, with sample values
npm run templates -- page NAME [LANGUAGE]   its e-mail as a page, for a browser: > mail.html`;

const say = (text: string): void => console.log(text);

function check(): void {
  const faults = checkCatalogue();
  for (const fault of faults) say(`${styleText('red', '✗')} ${faultText(fault)}`);
  if (faults.length > 0) process.exitCode = 1;
  else say(`${styleText('green', '✓')} ${TEMPLATE_NAMES.length} templates in ${LOCALES.length} languages`);
}

/** What is wrong is not kept: it would stay for good. */
function keep(): void {
  const wrong = checkCatalogue().filter(({ says }) => !says.includes('templates -- keep'));
  if (wrong.length > 0) return check();
  for (const [group, kept] of Object.entries(KEPT)) {
    const templates = Object.entries(CATALOGUE).filter(([name]) => groupOf(name) === group);
    write(`services/notifications/templates/kept/${group}.json`, keepGroup(kept, Object.fromEntries(templates), FRAME));
  }
  write('services/notifications/templates/kept/frames.json', { ...KEPT_FRAMES, [digestOf(FRAME)]: FRAME });
}

function write(file: string, content: unknown): void {
  writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  say(file);
}

function docs(): void {
  mkdirSync('docs/templates', { recursive: true });
  for (const { file, text } of SHEETS) write(file, text());
}

function show(name: string): void {
  const template = CATALOGUE[templateNamed(name)];
  for (const locale of LOCALES) {
    say(styleText(['bold', 'inverse'], ` ${locale} `));
    for (const way of waysOfTemplate(template)) {
      for (const variables of samples(template.variables)) {
        const { subject, text, sms } = render(name, { way, locale, zone: 'Asia/Bangkok', variables });
        const cost = sms === undefined ? '' : styleText('dim', ` ${sms.encoding}, ${sms.segments}`);
        say(`${styleText('cyan', way.padEnd(7))}${styleText('bold', subject)}${cost}\n${text}\n`);
      }
    }
  }
}

function page(name: string, locale = 'en'): void {
  const variables = samples(CATALOGUE[templateNamed(name)].variables)[0]!;
  say(render(name, { way: 'email', locale, zone: 'Asia/Bangkok', variables }).html!);
}

const [command = '', name = '', language] = process.argv.slice(2);
if (command === 'check') check();
else if (command === 'keep') keep();
else if (command === 'docs') docs();
else if (command === 'list') for (const one of TEMPLATE_NAMES) say(`${one} ${currentVersion(one)}`);
else if (command === 'show' && name !== '') show(name);
else if (command === 'page' && name !== '') page(name, language);
else {
  say(USAGE);
  process.exitCode = 2;
}
