// On the page for who has not logged in: the address that was asked for, until `go_on.js` takes it up.
try {
  sessionStorage.setItem("ganlab-wanted", location.href);
} catch {} // a browser that keeps nothing: the login leads to the first page
