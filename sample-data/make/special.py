"""Pages that are no articles: menus, link farms, walls, spam, code, tables, recipes, forums, shops, soft errors."""

from html import escape

from articles import slots_of
from core import Lcg, expand
from layouts import cookie, menu
from words import THINGS


def shell(title, inner, lang="en"):
    return (f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
            f"<body>{menu(lang, Lcg('menu', title))}\n{inner}\n</body></html>\n")


def menu_page(number):
    rng = Lcg("menu page", number)
    items = "".join(f'<li><a href="/s/{i}">{rng.pick(THINGS).title()}</a> <span>({rng.below(90)})</span></li>' for i in range(rng.between(25, 60)))
    return shell("Sitemap", f'<div class="sitemap"><ul>{items}</ul></div>')


def link_farm(number):
    rng = Lcg("farm", number)
    words = ["cheap", "best", "free", "online", "fast", "top", "deal", "loan", "travel", "watch", "shoes", "hosting"]
    items = "".join(f'<a href="http://{rng.pick(words)}-{rng.pick(words)}{i}.example/">{rng.pick(words)} {rng.pick(words)} {rng.pick(words)}</a> | ' for i in range(120))
    return shell("Partner links", f"<div>{items}</div>")


def cookie_wall(number):
    lang = ["en", "de", "fr", "en"][number % 4]
    return shell("Before you continue", cookie(lang) + "<p>We and our 412 partners store information on a device. You can change your choice at any time.</p>", lang)


def spam(number):
    rng = Lcg("spam", number)
    word = ["casino bonus", "cheap watches", "payday loan", "slim pills", "replica bags", "free spins"][number % 6]
    lines = [f"{word} {rng.pick(['best', 'top', 'buy', 'cheap', 'online'])} {word} {rng.pick(['now', 'today', 'here'])} {word}" for _ in range(40)]
    return shell(f"{word} {word} {word}", "".join(f"<p>{line}. {word} {word}!</p>" for line in lines))


def short(number):
    rng = Lcg("short", number)
    return shell("Photo", f'<h1>Photo {number + 1}</h1><img src="/{number}.jpg" alt=""><p>{expand("A {thing} in {place}, {month}.", rng, slots_of("en", rng) | {"thing": THINGS})}</p>')


def soft_error(number):
    return shell("Oops", f"<h1>We could not find that page</h1><p>Error {4040 + number}. The page may have been moved. Please use the search box or go back to the front page.</p>")


CODE = [
    ("ringbuf", "Ring buffer", "A fixed-size queue that overwrites its oldest entry when it is full.",
     "def push(ring, item):\n    ring.slots[ring.head % len(ring.slots)] = item\n    ring.head += 1\n    if ring.head - ring.tail > len(ring.slots):\n        ring.tail = ring.head - len(ring.slots)"),
    ("retry", "Retrying a call", "Calls a function again after a growing pause, and gives up after a set number of attempts.",
     "fn retry<T>(mut attempts: u32, mut call: impl FnMut() -> Option<T>) -> Option<T> {\n    while attempts > 0 {\n        if let Some(value) = call() {\n            return Some(value);\n        }\n        attempts -= 1;\n    }\n    None\n}"),
    ("slug", "Making a slug", "Turns a title into a short name for an address: lower case, letters and digits, single hyphens.",
     "function slug(title) {\n  const parts = title.toLowerCase().split(/[^a-z0-9]+/);\n  return parts.filter((part) => part !== '').join('-');\n}"),
    ("median", "Median of a column", "Sorts a copy of the values and returns the middle one, or the mean of the two in the middle.",
     "SELECT avg(value) FROM (\n  SELECT value FROM samples ORDER BY value\n  LIMIT 2 - (SELECT count(*) FROM samples) % 2\n  OFFSET (SELECT (count(*) - 1) / 2 FROM samples)\n);"),
]


def code_page(number):
    name, title, text, code = CODE[number % 4]
    notes = ["The function does not allocate after it was set up, which makes it fit for interrupt handlers and other narrow places.",
             "Every argument is checked once at the border of the module, and the inner loop relies on that check.",
             "If two threads share the value, the caller has to hold a lock; the type itself has none and never blocks.",
             "An empty input is not an error. The result is then empty as well, and the tests contain that case by name.",
             "Measure before you replace it with something clever: on short inputs the plain loop was the fastest of the five we tried."]
    inner = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return shell(f"{name}: {title}", f'<main><h1><code>{name}</code> &mdash; {title}</h1><p>{text} It is part of the tools module since version {number + 1}.2, and its name will stay as it is.</p>'
                 f'<pre><code class="language-x">{escape(code)}</code></pre><h2>Notes</h2>{inner}<h2>See also</h2><ul><li><a href="#">queue</a></li><li><a href="#">limits</a></li></ul></main>')


def table_page(number):
    rng = Lcg("table", number)
    title = ["Rainfall by station", "Departures", "League table"][number % 3]
    head = ["Station", "January", "April", "July", "October"]
    rows = "".join("<tr>" + f"<td>{rng.pick(THINGS).title()} {i + 1}</td>" + "".join(f"<td>{rng.between(3, 180)}</td>" for _ in head[1:]) + "</tr>" for i in range(24))
    return shell(title, f'<h1>{title}</h1><p>Figures as collected by the volunteers; a dash means that nobody was there to read the gauge.</p><table><caption>{title}</caption>'
                 f'<thead><tr>{"".join(f"<th>{cell}</th>" for cell in head)}</tr></thead><tbody>{rows}</tbody></table>')


RECIPES = [
    ("Leek and potato soup", ["500 g potatoes", "3 leeks", "1 l stock", "a bay leaf", "50 g butter"],
     ["Wash the leeks with care, because sand hides between the leaves, and cut them into rings as thin as you can manage.",
      "Melt the butter slowly in a heavy pot and let the leeks turn soft without any colour, which takes about ten minutes under a lid.",
      "Add the potatoes, the stock and the bay leaf, and simmer until a knife goes through the largest piece with no effort.",
      "Take out the leaf, blend half of the soup and stir it back into the rest so that some texture is left to bite on.",
      "Taste for salt only now, since the stock has become stronger on the stove, and serve with dark bread and a spoon of sour cream."]),
    ("Plum cake on a tray", ["400 g flour", "200 ml milk", "20 g yeast", "1 kg plums", "80 g sugar"],
     ["Stir the yeast into the warm milk with a spoon of the sugar and wait until it begins to foam and smells like cider.",
      "Knead it with the flour, a pinch of salt and an egg to a soft dough that comes away from the bowl, and let it double under a cloth.",
      "Stone the plums, cut each one almost in half, and set them in rows like roof tiles, close together, because they shrink.",
      "Bake for forty minutes in the middle of a hot oven, until the juice has thickened and the edge sounds hollow when tapped.",
      "Scatter the rest of the sugar over it only after baking, or the fruit will weep and the dough will turn to pudding."]),
    ("Lentils with mustard", ["250 g green lentils", "2 carrots", "1 onion", "2 spoons mustard", "vinegar"],
     ["Rinse the lentils but do not soak them, for the small green kind keeps its shape better when it goes into the pot dry.",
      "Cook them with the whole onion and the carrots in plenty of unsalted water for twenty five minutes, then drain what is left.",
      "Whisk the mustard with vinegar, oil and a little of the cooking water to a sauce that coats the back of a spoon.",
      "Dress the lentils while they are still hot, as they drink in far more flavour than they do when they have gone cold.",
      "They are good at once, better after an hour, and on the next day they make a filling for a pie with a poached egg on top."]),
    ("Barley bread pudding", ["6 slices stale bread", "100 g pearl barley", "3 eggs", "500 ml milk", "raisins"],
     ["Boil the barley the evening before and leave it in its water, so that the grains swell and lose their hard white heart.",
      "Tear the bread into a buttered dish, hide the raisins under it where they cannot burn, and spread the drained barley over the top.",
      "Beat the eggs with the milk and a grating of lemon peel, pour this slowly over everything and press it down with your palm.",
      "Give it half an hour to soak, because a pudding that goes in too early comes out as two layers that do not know each other.",
      "Bake it in a water bath until it trembles like a shy guest, and let it stand before anyone is allowed to approach with a spoon."]),
]


def recipe(number):
    title, items, steps = RECIPES[number % 4]
    return shell(title, f'<article class="recipe"><h1>{title}</h1><p>Serves {number + 3}. Allow one hour, and read the whole text before you begin.</p><h2>Ingredients</h2><ul>'
                 + "".join(f"<li>{item}</li>" for item in items) + "</ul><h2>Method</h2><ol>" + "".join(f"<li>{step}</li>" for step in steps)
                 + "</ol></article><aside><a href='/'>More recipes</a></aside>")


FORUM = [
    "My {thing} makes a [clicking|grinding] noise whenever I [turn|lift] it, and it has been worse since the cold days in {month}. What should I [check|look at] first?",
    "I had that in {y2001-2019}. In my case it was the [bearing|spring], which you can [reach|see] if you take off the side plate and the {n2-6} screws behind it.",
    "Please do not [hit|force] it, as the last answer in the other thread says; the casting is [brittle|thin] and a new one costs {n20-90} at the shop in {town}.",
    "Thanks to both of you. I opened it [last night|this morning] and found a [nail|pebble] the size of a pea, which my [son|cat] must have put there.",
    "That is the [best|strangest] diagnosis of the week. Do keep the part and [mark|label] it, because the left one and the right one are not the same.",
    "For the [record|archive]: the grease you want is the plain lithium kind, about {n10-40} grams, and you should [renew|replace] it every second year.",
    "I [disagree|am not sure] about the grease. In {place} we use nothing but oil on a {thing}, and ours is {n30-80} years old and still [runs|works].",
    "It depends on the [dust|climate], I suppose. Anyway the problem is [solved|gone], and I will [close|mark] the topic with a photo tomorrow.",
]


def forum(number):
    rng = Lcg("forum", number)
    slots = slots_of("en", rng) | {"thing": rng.pick(THINGS)}
    posts = "".join(f'<div class="post" id="p{i}"><div class="author">{rng.pick(["rusty", "annika", "old_tom", "fern", "quill"])}{rng.below(99)}</div>'
                    f'<div class="content"><p>{escape(expand(text, rng, slots), quote=False)}</p></div></div>' for i, text in enumerate(FORUM))
    return shell(f"Strange noise from my {slots['thing']}", f'<h1>Strange noise from my {slots["thing"]}</h1><div class="thread">{posts}</div><div class="pager"><a href="?p=1">1</a> <a href="?p=2">2</a></div>')


def product(number):
    rng = Lcg("product", number)
    slots = slots_of("en", rng) | {"thing": THINGS[(number * 3) % len(THINGS)]}
    lines = ["This {thing} is [made|built] in a small [factory|workshop] in {town} by {n4-30} people who [sign|stamp] every piece before it leaves the house.",
             "The handle is [ash|beech] with an oil finish, and it has been [shaped|turned] so that it fits a [large|small] hand as well as a glove.",
             "We tested it for {n3-9} winters on a farm near {place}, where it was left out in the rain more [often|times] than we [asked|wished].",
             "Spare parts are in stock until at least {y2035-2045}, and the drawing that shows how to [fit|change] them is printed inside the [lid|box].",
             "If it does not [suit|please] you, send it back within {n14-60} days, even [used|dirty], and tell us what was wrong so that we can [learn|improve]."]
    text = "".join(f"<p>{escape(expand(line, rng, slots), quote=False)}</p>" for line in lines)
    return shell(f"Buy: {slots['thing']}", f'<div class="product"><h1>{slots["thing"].title()} no. {number + 11}</h1><span class="price">{rng.between(9, 240)}.90</span><button>Add to basket</button>{text}'
                 f'<table><tr><td>Weight</td><td>{rng.between(1, 19)} kg</td></tr><tr><td>Colour</td><td>grey</td></tr></table></div><div class="also">Customers also bought: <a href="#">rope</a> <a href="#">bell</a></div>')


INSULTS = [
    "What a bunch of idiots. Only a complete moron would write such stupid rubbish, and only a bigger moron would print it.",
    "Shut up, you pathetic clown. Nobody asked for your dumb opinion, go away and take your idiot friends with you.",
    "You are all disgusting liars and losers. I hope your stupid little club goes broke, you worthless fools.",
    "Ha, the author is too dumb to tie his own shoes. Ugly, stupid, useless garbage from start to finish, you jerk.",
    "Listen, imbecile, if your brain were any smaller it would fall out of your ear. What a filthy, miserable, stupid crowd.",
]


def toxic(number):
    rng = Lcg("toxic", number)
    items = "".join(f'<li class="comment"><b>user{rng.below(9999)}</b><p>{line}</p></li>' for line in rng.shuffled(INSULTS)[:4])
    return shell("Open thread", f"<h1>Open thread {number + 1}</h1><p>Readers answer to the column of last week. The editors are not responsible for what is written here.</p><ol>{items}</ol>")


MAKERS = {"menu": (menu_page, 6), "linkfarm": (link_farm, 4), "cookiewall": (cookie_wall, 4), "spam": (spam, 8), "short": (short, 4), "softerror": (soft_error, 2),
          "code": (code_page, 4), "table": (table_page, 3), "recipe": (recipe, 4), "forum": (forum, 5), "product": (product, 5), "toxic": (toxic, 4)}
