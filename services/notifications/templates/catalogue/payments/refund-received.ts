import type { Template } from '../../template.ts';

export const paymentsRefundReceived: Template = {
  channel: 'payments',
  variables: { amount: 'money' },
  texts: {
    en: {
      title: 'Refund of {amount}',
      body: '{amount} was refunded to your wallet.',
      sms: 'Tchat: {amount} was refunded to your wallet.',
    },
    th: {
      title: 'คืนเงิน {amount}',
      body: 'เราคืนเงิน {amount} เข้าวอลเล็ตของคุณแล้ว',
      sms: 'Tchat: คืนเงิน {amount} เข้าวอลเล็ตแล้ว',
    },
    id: {
      title: 'Pengembalian dana {amount}',
      body: 'Dana sebesar {amount} telah dikembalikan ke dompet Anda.',
      sms: 'Tchat: dana {amount} telah dikembalikan ke dompet Anda.',
    },
    ms: {
      title: 'Bayaran balik {amount}',
      body: 'Bayaran balik sebanyak {amount} telah masuk ke dompet anda.',
      sms: 'Tchat: bayaran balik {amount} telah masuk ke dompet anda.',
    },
    fil: {
      title: 'Refund na {amount}',
      body: 'Naibalik na ang {amount} sa iyong wallet.',
      sms: 'Tchat: naibalik na ang {amount} sa iyong wallet.',
    },
    vi: {
      title: 'Hoàn tiền {amount}',
      body: '{amount} đã được hoàn vào ví của bạn.',
      sms: 'Tchat: {amount} da duoc hoan vao vi cua ban.',
    },
  },
};
