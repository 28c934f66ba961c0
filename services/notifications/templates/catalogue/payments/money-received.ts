import type { Template } from '../../template.ts';

export const paymentsMoneyReceived: Template = {
  channel: 'payments',
  variables: { amount: 'money', from: 'name' },
  texts: {
    en: {
      title: 'You received {amount}',
      body: '{from} sent you {amount}. It is in your wallet.',
      sms: 'Tchat: you received {amount} from {from}.',
    },
    th: {
      title: 'คุณได้รับเงิน {amount}',
      body: '{from} โอนเงิน {amount} ให้คุณ เงินเข้าวอลเล็ตแล้ว',
      sms: 'Tchat: ได้รับเงิน {amount} จาก {from}',
    },
    id: {
      title: 'Anda menerima {amount}',
      body: '{from} mengirim {amount} kepada Anda. Dana sudah ada di dompet Anda.',
      sms: 'Tchat: Anda menerima {amount} dari {from}.',
    },
    ms: {
      title: 'Anda menerima {amount}',
      body: '{from} menghantar {amount} kepada anda. Wang itu sudah ada dalam dompet anda.',
      sms: 'Tchat: anda menerima {amount} daripada {from}.',
    },
    fil: {
      title: 'Nakatanggap ka ng {amount}',
      body: 'Pinadalhan ka ni {from} ng {amount}. Nasa wallet mo na ito.',
      sms: 'Tchat: nakatanggap ka ng {amount} mula kay {from}.',
    },
    vi: {
      title: 'Bạn đã nhận {amount}',
      body: '{from} đã chuyển {amount} cho bạn. Tiền đã vào ví của bạn.',
      sms: 'Tchat: ban da nhan {amount} tu {from}.',
    },
  },
};
