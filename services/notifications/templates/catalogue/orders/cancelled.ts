import type { Template } from '../../template.ts';

/** To the customer and to the merchant. */
export const ordersCancelled: Template = {
  channel: 'order_updates',
  variables: { order: 'reference', shop: 'name', 'reason?': 'words' },
  texts: {
    en: {
      title: 'Order #{order} was cancelled',
      body: 'Order #{order} from {shop} was cancelled.{has_reason, select, yes { Reason: {reason}} other {}}',
      sms: 'Tchat: order #{order} from {shop} was cancelled.{has_reason, select, yes { Reason: {reason}} other {}}',
      more: 'What was paid for it goes back to the wallet that it came from.',
    },
    th: {
      title: 'คำสั่งซื้อ #{order} ถูกยกเลิก',
      body: 'คำสั่งซื้อ #{order} จาก {shop} ถูกยกเลิก{has_reason, select, yes { เหตุผล: {reason}} other {}}',
      sms: 'Tchat: #{order} จาก {shop} ถูกยกเลิก{has_reason, select, yes { เหตุผล: {reason}} other {}}',
      more: 'เงินที่ชำระแล้วจะคืนเข้าวอลเล็ตเดิม',
    },
    id: {
      title: 'Pesanan #{order} dibatalkan',
      body: 'Pesanan #{order} dari {shop} dibatalkan.{has_reason, select, yes { Alasan: {reason}} other {}}',
      sms: 'Tchat: pesanan #{order} dari {shop} dibatalkan.{has_reason, select, yes { Alasan: {reason}} other {}}',
      more: 'Pembayaran dikembalikan ke dompet asalnya.',
    },
    ms: {
      title: 'Pesanan #{order} dibatalkan',
      body: 'Pesanan #{order} daripada {shop} dibatalkan.{has_reason, select, yes { Sebab: {reason}} other {}}',
      sms: 'Tchat: pesanan #{order} daripada {shop} dibatalkan.{has_reason, select, yes { Sebab: {reason}} other {}}',
      more: 'Bayaran dipulangkan ke dompet asalnya.',
    },
    fil: {
      title: 'Kinansela ang order #{order}',
      body: 'Kinansela ang order #{order} mula sa {shop}.{has_reason, select, yes { Dahilan: {reason}} other {}}',
      sms: 'Tchat: kinansela ang order #{order} mula sa {shop}.{has_reason, select, yes { Dahilan: {reason}} other {}}',
      more: 'Ibabalik ang ibinayad sa wallet na pinanggalingan nito.',
    },
    vi: {
      title: 'Đơn hàng #{order} đã bị hủy',
      body: 'Đơn hàng #{order} từ {shop} đã bị hủy.{has_reason, select, yes { Lý do: {reason}} other {}}',
      sms: 'Tchat: don hang #{order} tu {shop} da bi huy.{has_reason, select, yes { Ly do: {reason}} other {}}',
      more: 'Số tiền đã thanh toán được hoàn về ví ban đầu.',
    },
  },
};
