// Where somebody wanted to go before logging in: the login leads to the first page, whatever was asked for.
try {
  const wanted = sessionStorage.getItem("ganlab-wanted");
  sessionStorage.removeItem("ganlab-wanted");
  if (wanted && wanted !== location.href && new URL(wanted).origin === location.origin) location.replace(wanted);
} catch {} // a browser that keeps nothing has kept no address
