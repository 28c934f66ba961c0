import type { Template } from '../../template.ts';

export const paymentsDepositFailed: Template = {
  channel: 'payments',
  variables: { amount: 'money', reason: { oneOf: ['declined', 'expired', 'cancelled', 'failed'] } },
  texts: {
    en: {
      title: 'Your deposit did not go through',
      body: '{reason, select, declined {Your deposit of {amount} was declined by your bank.} expired {Your deposit of {amount} was not paid in time.} cancelled {Your deposit of {amount} was cancelled.} other {Your deposit of {amount} did not go through.}} Nothing was added to your wallet.',
      sms: 'Tchat: your deposit of {amount} {reason, select, declined {was declined} expired {was not paid in time} cancelled {was cancelled} other {did not go through}}.',
    },
    th: {
      title: 'เติมเงินไม่สำเร็จ',
      body: '{reason, select, declined {ธนาคารปฏิเสธการเติมเงิน {amount}} expired {การเติมเงิน {amount} หมดเวลาชำระ} cancelled {การเติมเงิน {amount} ถูกยกเลิก} other {การเติมเงิน {amount} ไม่สำเร็จ}} ไม่มีเงินเข้าวอลเล็ตของคุณ',
      sms: 'Tchat: การเติมเงิน {amount} {reason, select, declined {ถูกธนาคารปฏิเสธ} expired {หมดเวลาชำระ} cancelled {ถูกยกเลิก} other {ไม่สำเร็จ}}',
    },
    id: {
      title: 'Isi saldo gagal',
      body: '{reason, select, declined {Isi saldo {amount} ditolak oleh bank Anda.} expired {Isi saldo {amount} tidak dibayar tepat waktu.} cancelled {Isi saldo {amount} dibatalkan.} other {Isi saldo {amount} gagal.}} Saldo dompet Anda tidak bertambah.',
      sms: 'Tchat: isi saldo {amount} {reason, select, declined {ditolak oleh bank} expired {tidak dibayar tepat waktu} cancelled {dibatalkan} other {gagal}}.',
    },
    ms: {
      title: 'Tambah nilai tidak berjaya',
      body: '{reason, select, declined {Tambah nilai {amount} ditolak oleh bank anda.} expired {Tambah nilai {amount} tidak dibayar dalam masa yang ditetapkan.} cancelled {Tambah nilai {amount} dibatalkan.} other {Tambah nilai {amount} tidak berjaya.}} Baki dompet anda tidak bertambah.',
      sms: 'Tchat: tambah nilai {amount} {reason, select, declined {ditolak oleh bank} expired {tidak dibayar dalam masa yang ditetapkan} cancelled {dibatalkan} other {tidak berjaya}}.',
    },
    fil: {
      title: 'Hindi natuloy ang cash-in',
      body: '{reason, select, declined {Tinanggihan ng bangko ang cash-in mong {amount}.} expired {Hindi nabayaran sa oras ang cash-in mong {amount}.} cancelled {Kinansela ang cash-in mong {amount}.} other {Hindi natuloy ang cash-in mong {amount}.}} Walang naidagdag sa iyong wallet.',
      sms: 'Tchat: {reason, select, declined {tinanggihan ng bangko} expired {hindi nabayaran sa oras} cancelled {kinansela} other {hindi natuloy}} ang cash-in mong {amount}.',
    },
    vi: {
      title: 'Nạp tiền không thành công',
      body: '{reason, select, declined {Khoản nạp {amount} bị ngân hàng từ chối.} expired {Khoản nạp {amount} không được thanh toán kịp thời.} cancelled {Khoản nạp {amount} đã bị hủy.} other {Khoản nạp {amount} không thành công.}} Ví của bạn không được cộng thêm tiền.',
      sms: 'Tchat: khoan nap {amount} {reason, select, declined {bi ngan hang tu choi} expired {khong duoc thanh toan kip thoi} cancelled {da bi huy} other {khong thanh cong}}.',
    },
  },
};
