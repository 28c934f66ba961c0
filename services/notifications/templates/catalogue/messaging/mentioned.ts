import type { Template } from '../../template.ts';

export const messagingMentioned: Template = {
  channel: 'messaging',
  variables: { sender: 'name', dialog: 'name' },
  texts: {
    en: {
      title: '{sender} mentioned you',
      body: '{sender} mentioned you in {dialog}.',
      sms: 'Tchat: {sender} mentioned you in {dialog}.',
    },
    th: {
      title: '{sender} กล่าวถึงคุณ',
      body: '{sender} กล่าวถึงคุณใน {dialog}',
      sms: 'Tchat: {sender} กล่าวถึงคุณใน {dialog}',
    },
    id: {
      title: '{sender} menyebut Anda',
      body: '{sender} menyebut Anda di {dialog}.',
      sms: 'Tchat: {sender} menyebut Anda di {dialog}.',
    },
    ms: {
      title: '{sender} menyebut anda',
      body: '{sender} menyebut anda dalam {dialog}.',
      sms: 'Tchat: {sender} menyebut anda dalam {dialog}.',
    },
    fil: {
      title: 'Binanggit ka ni {sender}',
      body: 'Binanggit ka ni {sender} sa {dialog}.',
      sms: 'Tchat: Binanggit ka ni {sender} sa {dialog}.',
    },
    vi: {
      title: '{sender} đã nhắc đến bạn',
      body: '{sender} đã nhắc đến bạn trong {dialog}.',
      sms: 'Tchat: {sender} da nhac den ban trong {dialog}.',
    },
  },
};
