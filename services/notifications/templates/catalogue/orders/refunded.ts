import type { Template } from '../../template.ts';

export const ordersRefunded: Template = {
  channel: 'order_updates',
  variables: { order: 'reference', amount: 'money' },
  texts: {
    en: {
      title: 'Refund for order #{order}',
      body: '{amount} for order #{order} was refunded.',
      sms: 'Tchat: {amount} for order #{order} was refunded.',
    },
    th: {
      title: 'คืนเงินคำสั่งซื้อ #{order}',
      body: 'คืนเงิน {amount} สำหรับคำสั่งซื้อ #{order} แล้ว',
      sms: 'Tchat: คืนเงิน {amount} สำหรับคำสั่งซื้อ #{order} แล้ว',
    },
    id: {
      title: 'Pengembalian dana pesanan #{order}',
      body: 'Dana {amount} untuk pesanan #{order} telah dikembalikan.',
      sms: 'Tchat: dana {amount} untuk pesanan #{order} telah dikembalikan.',
    },
    ms: {
      title: 'Bayaran balik pesanan #{order}',
      body: 'Bayaran balik {amount} untuk pesanan #{order} telah dibuat.',
      sms: 'Tchat: bayaran balik {amount} untuk pesanan #{order} telah dibuat.',
    },
    fil: {
      title: 'Refund para sa order #{order}',
      body: 'Na-refund na ang {amount} para sa order #{order}.',
      sms: 'Tchat: na-refund na ang {amount} para sa order #{order}.',
    },
    vi: {
      title: 'Hoàn tiền đơn hàng #{order}',
      body: '{amount} của đơn hàng #{order} đã được hoàn.',
      sms: 'Tchat: {amount} cua don hang #{order} da duoc hoan.',
    },
  },
};
