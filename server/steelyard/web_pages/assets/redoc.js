// Starts ReDoc on the contract beside it.
Redoc.init("openapi.json", { hideDownloadButton: false, expandResponses: "200,201" }, document.getElementById("redoc"));
