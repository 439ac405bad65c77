// Squarified treemap (Bruls, Huizing and van Wijk 2000): areas as given, as near to squares as can be.

// Places of amounts, largest first, that fill a rectangle: [{x, y, wide, tall}] in their order.
export function squarified(amounts, { x, y, wide, tall }) {
  const whole = amounts.reduce((sum, amount) => sum + amount, 0);
  if (!(whole > 0) || !(wide > 0) || !(tall > 0)) return amounts.map(() => ({ x, y, wide: 0, tall: 0 }));
  const areas = amounts.map((amount) => (amount * wide * tall) / whole);
  const places = [];
  let room = { x, y, wide, tall };
  for (let first = 0; first < areas.length;) {
    const side = Math.min(room.wide, room.tall);
    let last = first + 1;
    while (last < areas.length && worst(areas.slice(first, last + 1), side) <= worst(areas.slice(first, last), side)) last += 1;
    room = lay(areas.slice(first, last), room, places);
    first = last;
  }
  return places;
}

// The most elongated of the rectangles that lie beside each other along a side.
function worst(areas, side) {
  const sum = areas.reduce((all, area) => all + area, 0);
  return Math.max(...areas.map((area) => Math.max((side * side * area) / (sum * sum), (sum * sum) / (side * side * area))));
}

// Put a row of areas along the shorter side; returns the room that is left.
function lay(areas, room, places) {
  const sum = areas.reduce((all, area) => all + area, 0);
  const upright = room.wide >= room.tall;
  const thick = sum / (upright ? room.tall : room.wide);
  let along = 0;
  for (const area of areas) {
    const long = thick > 0 ? area / thick : 0;
    places.push(upright ? { x: room.x, y: room.y + along, wide: thick, tall: long } : { x: room.x + along, y: room.y, wide: long, tall: thick });
    along += long;
  }
  return upright
    ? { x: room.x + thick, y: room.y, wide: room.wide - thick, tall: room.tall }
    : { x: room.x, y: room.y + thick, wide: room.wide, tall: room.tall - thick };
}
