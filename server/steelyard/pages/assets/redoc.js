// Starts ReDoc on the contract beside it. Its search would need a worker from a blob, which the page's policy does not allow.
Redoc.init("openapi.json", { disableSearch: true, hideDownloadButton: false, expandResponses: "200,201" }, document.getElementById("redoc"));
