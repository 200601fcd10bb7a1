-- Sends the requests of a file over and over. Each thread has one connection and devices of its own.
-- A push says something new every time, and goes on from the cursor of the answer before.

local threads = 0
local other_action = { add = '"action":"del"', del = '"action":"add"' }

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init(args)
   requests, place = {}, 0
   local all, count = {}, tonumber(args[2])
   for text in io.open(args[1], "rb"):read("*a"):gmatch("%Z+") do
      all[#all + 1] = text
   end
   for index = number % #all + 1, #all, count do
      requests[#requests + 1] = all[index]
   end
   if requests[1]:find("^POST") then
      turn = os.time() * 1000
      request, response = next_push, note_cursor
   end
end

function request()
   place = place % #requests + 1
   return requests[place]
end

function next_push()
   place, turn = place % #requests + 1, turn + 1
   local text = requests[place]:gsub("Turn %d+", string.format("Turn %.0f", turn))
   requests[place] = text:gsub('"action":"(%a+)"', other_action)
   return requests[place]
end

function note_cursor(status, headers, body)
   local cursor = body:match('"cursor":"([%w_-]+)"')
   requests[place] = requests[place]:gsub('"since":"[%w_-]+"', '"since":"' .. cursor .. '"')
end
