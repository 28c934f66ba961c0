import type { Config } from '#infrastructure/config/settings.ts';
import { readPrivateKey } from '#infrastructure/keys/read-private-key.ts';
import type { MailProviderName } from '#services/notifications/channels/ports.ts';
import type { Country } from '#shared/regions.ts';
import { makeSmtp, type SmtpOptions, type SmtpProvider } from './smtp.ts';

type Label = Config['MAIL_PROVIDERS'][number];

export type MailProviders = {
  /** Those of a country in its order: its own, where the settings name one, and else that of all. */
  readonly of: (country: Country) => readonly SmtpProvider[];
  close(): void;
};

/** The mail servers that the settings name. They connect when the first mail goes out. */
export function makeMailProviders(config: Config): MailProviders {
  const common = { tls: config.MAIL_TLS, from: config.MAIL_FROM, dkim: dkimOf(config) };
  const made: Readonly<Record<Label, SmtpProvider>> = {
    primary: make('mail_primary', config.MAIL_PRIMARY_URL, config.MAIL_PRIMARY_PASSWORD),
    secondary: make('mail_secondary', config.MAIL_SECONDARY_URL, config.MAIL_SECONDARY_PASSWORD),
  };
  const named = new Map(
    config.MAIL_PROVIDERS_BY_COUNTRY.map((text) => {
      const [country, labels = ''] = text.split('=');
      return [country as Country, labels.split('+') as Label[]] as const;
    }),
  );

  function make(name: MailProviderName, url: string, password: string): SmtpProvider {
    return makeSmtp({ name, url, password, ...common });
  }

  return {
    of: (country) => (named.get(country) ?? config.MAIL_PROVIDERS).map((label) => made[label]),
    close: () => {
      for (const provider of Object.values(made)) provider.close();
    },
  };
}

function dkimOf({ MAIL_DKIM_DOMAIN, MAIL_DKIM_SELECTOR, MAIL_DKIM_KEY }: Config): SmtpOptions['dkim'] {
  if (MAIL_DKIM_DOMAIN === undefined) return undefined;
  const privateKey = readPrivateKey(MAIL_DKIM_KEY).export({ format: 'pem', type: 'pkcs8' }) as string;
  return { domainName: MAIL_DKIM_DOMAIN, keySelector: MAIL_DKIM_SELECTOR, privateKey };
}
