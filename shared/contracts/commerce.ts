import type { Call } from '../http/call.ts';
import {
  CancelOrder,
  ConfirmOrder,
  DeliverOrder,
  GetOrder,
  GetTimeline,
  ListOrders,
  PlaceOrder,
  ReturnOrder,
  ShipOrder,
} from './commerce/order-calls.ts';
import { AddProduct, EditProduct, GetProduct, ListProducts } from './commerce/product.ts';
import { ReviewProduct } from './commerce/review.ts';
import { EditShop, GetShop, ListShops, OpenShop } from './commerce/shop.ts';

/** Every HTTP call of shops, products and orders. */
export const commerceCalls: readonly Call[] = [
  OpenShop,
  ListShops,
  GetShop,
  EditShop,
  AddProduct,
  ListProducts,
  GetProduct,
  EditProduct,
  PlaceOrder,
  ListOrders,
  GetOrder,
  GetTimeline,
  ConfirmOrder,
  ShipOrder,
  DeliverOrder,
  CancelOrder,
  ReturnOrder,
  ReviewProduct,
];
