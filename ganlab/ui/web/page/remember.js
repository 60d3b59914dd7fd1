// On the page for who has not logged in: the address that was asked for, until `go_on.js` takes it up.
sessionStorage.setItem("ganlab-wanted", location.href);
