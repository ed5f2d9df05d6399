filedesc://bad.arc 0.0.0.0 20010203040506 text/plain 67
1 0 sample
URL IP-address Archive-date Content-type Archive-length

http://arc6.example.org/ 192.0.2.1 20010203040506 text/html 1668
HTTP/1.1 200 OK
Server: samplehttpd/1.0
Content-Type: text/html
Content-Length: 1577

<HTML><HEAD><TITLE>The night shift at Coldbrook Library</TITLE></HEAD>
<BODY BGCOLOR="#FFFFFF" TEXT="#000000">
<TABLE BORDER=0 WIDTH="100%"><TR><TD WIDTH=120 VALIGN=top><FONT SIZE=2><A HREF="0.htm">Home</A><BR><A HREF="1.htm">News</A><BR><A HREF="2.htm">Culture</A><BR><A HREF="3.htm">Archive</A><BR><A HREF="4.htm">About us</A><BR><A HREF="5.htm">Contact</A><BR></FONT></TD>
<TD><FONT FACE="Times"><H1>The night shift at Coldbrook Library</H1>
<P>After 16 months of building work the town library on Bishop's Row opened its doors again on a wet Monday in May. The first person through the door was Felix Dunmore, aged 84, who had taken out her first book there in 1951. In their place the building has 118 seats, a workshop, and a long table where talking is allowed. A surprising success is the collection of tools, from which one can take a drill, a ladder or a carpet cleaner.
<P>Fines were dropped in 2018, and contrary to fears more books come back on time than before. The architect kept the main hall of 1914 with its green lamps and hid the new pipes under the oak floor. Behind a false wall the builders discovered a mural of ships that nobody alive could remember.
<P>Felix Dunmore comes for the newspapers and stays for the chess, as she cheerfully admits. Children voted on the colour of the robot that sorts returned books, and after a recount it was called Biscuit. The librarian's request to newcomers is short: ask, because the catalogue knows less than the people behind the desk.
</FONT><HR><I>Peter Halloway, 2024-02-18</I></TD></TR></TABLE>
</BODY></HTML>

http://arc7.example.org/ 192.0.2.1 20010203040506 text/html many
HTTP/1.1 200 OK
Server: samplehttpd/1.0
Content-Type: text/html
Content-Length: 1546

<HTML><HEAD><TITLE>Owen Pascoe&#x27;s three bins</TITLE></HEAD>
<BODY BGCOLOR="#FFFFFF" TEXT="#000000">
<TABLE BORDER=0 WIDTH="100%"><TR><TD WIDTH=120 VALIGN=top><FONT SIZE=2><A HREF="0.htm">Home</A><BR><A HREF="1.htm">News</A><BR><A HREF="2.htm">Culture</A><BR><A HREF="3.htm">Archive</A><BR><A HREF="4.htm">About us</A><BR><A HREF="5.htm">Contact</A><BR></FONT></TD>
<TD><FONT FACE="Times"><H1>Owen Pascoe&#x27;s three bins</H1>
<P>In a heap of at least one cubic metre the middle can reach 70 degrees within 8 days. That heat cooks most weed seeds, but only if the outside is later turned inwards, which few gardeners remember to do. The rule is to mix green things, which are wet and rich in nitrogen, with brown things, which are dry and made of carbon.
<P>The gardeners' club in Tarn Hollow compared 6 bought accelerators and found no benefit over a spade of old compost. Cooked food draws rats and is best left out unless you own a closed bin with a wire floor.
<P>Eva Strand lines the bottom with twigs as thick as a thumb so that air can rise from below. After 7 months the heap has shrunk to a third of its height and no longer warms when it is turned. Spread the finished compost in April, about as thick as a crust of bread, and let the worms carry it down.
<P>It is not a strong fertiliser, and hungry crops such as maize will still ask for more. In Thornby the council collects garden waste and returns it as compost, 4134 tonnes of it in the last season.
</FONT><HR><I>Milo Garrick, 2022-07-27</I></TD></TR></TABLE>
</BODY></HTML>

http://arc8.example.org/ 192.0.2.1 20010203040506 text/html 1721
HTTP/1.1 200 OK
Server: samplehttpd/1.0
Content-Type: text/html
Content-Length: 1630

<HTML><HEAD><TITLE>A restless year at the crater</TITLE></HEAD>
<BODY BGCOLOR="#FFFFFF" TEXT="#000000">
<TABLE BORDER=0 WIDTH="100%"><TR><TD WIDTH=120 VALIGN=top><FONT SIZE=2><A HREF="0.htm">Home</A><BR><A HREF="1.htm">News</A><BR><A HREF="2.htm">Culture</A><BR><A HREF="3.htm">Archive</A><BR><A HREF="4.htm">About us</A><BR><A HREF="5.htm">Contact</A><BR></FONT></TD>
<TD><FONT FACE="Times"><H1>A restless year at the crater</H1>
<P>In June the instruments began to register small earthquakes, 110 of them a day, at a depth of roughly 4 kilometres. Such swarms usually fade, says Anselm Coyle, but each of them is a test for the day when one does not. Molten rock is lighter than the stone around it and forces its way up by opening cracks that break one after another.
<P>The ground swells as it comes, and satellites can see a bulge of a few millimetres from 726 kilometres away. Gas is the earliest messenger, because sulphur escapes long before the melt itself gets near the air. Yellow does not mean leave; it means that roads are cleared, lists are brought up to date and everyone reads the leaflet again.
<P>The last large eruption, in 1696, buried a chapel to the height of its windows and spared the village next to it. Layers in a road cut show 16 older ones, and their dates follow no pattern that anyone has been able to find. It called Anselm Coyle 38 times last year, and on all but two of these nights the cause was the sea. A drill with 2 thousand people was held in October, and the buses needed 54 minutes longer than the plan allowed.
</FONT><HR><I>Bertha Lune, 2013-10-27</I></TD></TR></TABLE>
</BODY></HTML>

