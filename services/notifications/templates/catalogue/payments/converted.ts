import type { Template } from '../../template.ts';

export const paymentsConverted: Template = {
  channel: 'payments',
  variables: { amount: 'money', received: 'money' },
  texts: {
    en: {
      title: 'You exchanged {amount}',
      body: 'You exchanged {amount} for {received}.',
      sms: 'Tchat: you exchanged {amount} for {received}. Not you? Open Tchat at once.',
    },
    th: {
      title: 'แลกเงิน {amount} แล้ว',
      body: 'คุณแลกเงิน {amount} เป็น {received} แล้ว',
      sms: 'Tchat: แลกเงิน {amount} เป็น {received} ไม่ใช่คุณ? เปิดแอปทันที',
    },
    id: {
      title: 'Anda menukar {amount}',
      body: 'Anda menukar {amount} menjadi {received}.',
      sms: 'Tchat: Anda menukar {amount} menjadi {received}. Bukan Anda? Segera buka Tchat.',
    },
    ms: {
      title: 'Anda menukar {amount}',
      body: 'Anda menukar {amount} kepada {received}.',
      sms: 'Tchat: anda menukar {amount} kepada {received}. Bukan anda? Buka Tchat segera.',
    },
    fil: {
      title: 'Nagpapalit ka ng {amount}',
      body: 'Pinalitan mo ang {amount} ng {received}.',
      sms: 'Tchat: pinalitan mo ang {amount} ng {received}. Hindi ikaw? Buksan agad ang Tchat.',
    },
    vi: {
      title: 'Bạn đã đổi {amount}',
      body: 'Bạn đã đổi {amount} lấy {received}.',
      sms: 'Tchat: ban da doi {amount} lay {received}. Khong phai ban? Mo Tchat ngay.',
    },
  },
};
