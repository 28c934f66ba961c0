import type { Template } from '../../template.ts';

export const paymentsMoneySent: Template = {
  channel: 'payments',
  variables: { amount: 'money', to: 'name' },
  texts: {
    en: {
      title: 'You sent {amount}',
      body: '{amount} went from your wallet to {to}.',
      sms: 'Tchat: you sent {amount} to {to}. Not you? Open Tchat at once.',
    },
    th: {
      title: 'โอนเงิน {amount} แล้ว',
      body: 'โอนเงิน {amount} จากวอลเล็ตของคุณให้ {to} แล้ว',
      sms: 'Tchat: โอนเงิน {amount} ให้ {to} ไม่ใช่คุณ? เปิดแอปทันที',
    },
    id: {
      title: 'Anda mengirim {amount}',
      body: '{amount} telah dikirim dari dompet Anda kepada {to}.',
      sms: 'Tchat: Anda mengirim {amount} kepada {to}. Bukan Anda? Segera buka Tchat.',
    },
    ms: {
      title: 'Anda menghantar {amount}',
      body: '{amount} telah dihantar dari dompet anda kepada {to}.',
      sms: 'Tchat: anda menghantar {amount} kepada {to}. Bukan anda? Buka Tchat segera.',
    },
    fil: {
      title: 'Nagpadala ka ng {amount}',
      body: 'Naipadala ang {amount} mula sa wallet mo kay {to}.',
      sms: 'Tchat: nagpadala ka ng {amount} kay {to}. Hindi ikaw? Buksan agad ang Tchat.',
    },
    vi: {
      title: 'Bạn đã chuyển {amount}',
      body: '{amount} đã được chuyển từ ví của bạn cho {to}.',
      sms: 'Tchat: ban da chuyen {amount} cho {to}. Khong phai ban? Mo Tchat ngay.',
    },
  },
};
