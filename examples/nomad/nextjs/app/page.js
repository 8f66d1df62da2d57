export default function Page() {
  return <h1>{process.env.SHOP_NAME ?? "Storefront"}</h1>;
}
