-- One item of 100 000, each time another one.
math.randomseed(os.time())
request = function() return wrk.format("GET", "/items/" .. math.random(1, 100000)) end
