import type { Template } from '../../template.ts';

export const paymentsMoneyRequestDeclined: Template = {
  channel: 'payments',
  variables: { amount: 'money', by: 'name' },
  texts: {
    en: {
      title: 'Your request was declined',
      body: '{by} declined your request for {amount}.',
      sms: 'Tchat: {by} declined your request for {amount}.',
    },
    th: {
      title: 'คำขอเงินของคุณถูกปฏิเสธ',
      body: '{by} ปฏิเสธคำขอเงิน {amount} ของคุณ',
      sms: 'Tchat: {by} ปฏิเสธคำขอเงิน {amount} ของคุณ',
    },
    id: {
      title: 'Permintaan uang Anda ditolak',
      body: '{by} menolak permintaan Anda sebesar {amount}.',
      sms: 'Tchat: {by} menolak permintaan Anda sebesar {amount}.',
    },
    ms: {
      title: 'Permintaan wang anda ditolak',
      body: '{by} menolak permintaan anda sebanyak {amount}.',
      sms: 'Tchat: {by} menolak permintaan anda sebanyak {amount}.',
    },
    fil: {
      title: 'Tinanggihan ang iyong hiling',
      body: 'Tinanggihan ni {by} ang hiling mong {amount}.',
      sms: 'Tchat: tinanggihan ni {by} ang hiling mong {amount}.',
    },
    vi: {
      title: 'Đề nghị của bạn bị từ chối',
      body: '{by} đã từ chối đề nghị {amount} của bạn.',
      sms: 'Tchat: {by} da tu choi de nghi {amount} cua ban.',
    },
  },
};
