import type { Template } from '../../template.ts';

/** Staff write it in the language of its readers. */
export const opsAnnouncement: Template = {
  channel: 'announcements',
  variables: { title: 'name', text: 'prose', 'link?': 'link' },
  texts: {
    en: {
      title: '{title}',
      body: '{text}',
      sms: 'Tchat: {title}. {text}',
      button: 'Learn more',
    },
    th: {
      title: '{title}',
      body: '{text}',
      sms: 'Tchat: {title}. {text}',
      button: 'ดูเพิ่มเติม',
    },
    id: {
      title: '{title}',
      body: '{text}',
      sms: 'Tchat: {title}. {text}',
      button: 'Selengkapnya',
    },
    ms: {
      title: '{title}',
      body: '{text}',
      sms: 'Tchat: {title}. {text}',
      button: 'Ketahui lebih lanjut',
    },
    fil: {
      title: '{title}',
      body: '{text}',
      sms: 'Tchat: {title}. {text}',
      button: 'Alamin pa',
    },
    vi: {
      title: '{title}',
      body: '{text}',
      sms: 'Tchat: {title}. {text}',
      button: 'Tìm hiểu thêm',
    },
  },
};
