import type { Template } from '../../template.ts';

export const messagingAddedToGroup: Template = {
  channel: 'messaging',
  variables: { dialog: 'name', by: 'name' },
  texts: {
    en: {
      title: 'You were added to {dialog}',
      body: '{by} added you to {dialog}.',
      sms: 'Tchat: {by} added you to {dialog}.',
    },
    th: {
      title: 'คุณถูกเพิ่มเข้ากลุ่ม {dialog}',
      body: '{by} เพิ่มคุณเข้ากลุ่ม {dialog}',
      sms: 'Tchat: {by} เพิ่มคุณเข้ากลุ่ม {dialog}',
    },
    id: {
      title: 'Anda ditambahkan ke {dialog}',
      body: '{by} menambahkan Anda ke {dialog}.',
      sms: 'Tchat: {by} menambahkan Anda ke {dialog}.',
    },
    ms: {
      title: 'Anda ditambah ke {dialog}',
      body: '{by} menambah anda ke {dialog}.',
      sms: 'Tchat: {by} menambah anda ke {dialog}.',
    },
    fil: {
      title: 'Idinagdag ka sa {dialog}',
      body: 'Idinagdag ka ni {by} sa {dialog}.',
      sms: 'Tchat: Idinagdag ka ni {by} sa {dialog}.',
    },
    vi: {
      title: 'Bạn được thêm vào {dialog}',
      body: '{by} đã thêm bạn vào {dialog}.',
      sms: 'Tchat: {by} da them ban vao {dialog}.',
    },
  },
};
