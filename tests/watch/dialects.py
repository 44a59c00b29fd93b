"""Feed documents of every dialect, in their makers' habits: own words, well-formed, no network."""

ATOM_HEAD = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'

PODCAST = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:podcast="https://podcastindex.org/namespace/1.0">
<channel><title>Voices &amp; valves</title><link>https://pod.example/</link><atom:link href="https://pod.example/rss"
 rel="self" type="application/rss+xml"/><itunes:summary>Talks</itunes:summary><description>Talks on pumps</description>
<itunes:author>The house</itunes:author><itunes:owner><itunes:name>Owner</itunes:name><itunes:email>o@pod.example
</itunes:email></itunes:owner><itunes:image href="https://pod.example/i.png"/><image>
<url>https://pod.example/i.png</url>
<title>Picture</title><link>https://pod.example/picture</link></image><itunes:category text="Science">
<itunes:category text="Physics"/></itunes:category><ttl>90</ttl>
<item><title>First</title><itunes:title>Not this</itunes:title><description><![CDATA[<p>One &amp; <b>two</b></p>]]>
</description><itunes:summary>A summary</itunes:summary><content:encoded><![CDATA[<p>All of it</p>]]></content:encoded>
<guid isPermaLink="false">ep-1</guid><pubDate>Mon, 23 Nov 2026 06:00:00 EST</pubDate><itunes:author>Ada</itunes:author>
<enclosure url="https://pod.example/1.mp3" length="1" type="audio/mpeg"/><itunes:duration>1:00</itunes:duration>
<podcast:transcript url="https://pod.example/1.srt" type="application/srt"/></item>
<item><title>Second</title><enclosure url="https://pod.example/2.mp3" length="1" type="audio/mpeg"/>
<guid>https://pod.example/2</guid><pubDate>Sun, 22 Nov 26 06:00 +0100</pubDate></item></channel></rss>"""

WORDPRESS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
 xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/">
<channel><title>A blog</title><link>https://blog.example</link><description>Words</description>
<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
<item><title>Zürich’s caf&#233; &#8211; &quot;open&quot;</title><link>/posts/1?a=1&amp;b=2</link><dc:creator>
<![CDATA[Grace H.]]>
</dc:creator><pubDate>Tue, 24 Nov 2026 05:00:00 +0000</pubDate><category>x</category>
<guid>https://blog.example/?p=1</guid>
<description><![CDATA[Short […]]]></description><content:encoded><![CDATA[<h2>Long</h2>]]></content:encoded>
<slash:comments>3</slash:comments></item><item><link>https://blog.example/2</link><description/></item></channel>
</rss>"""

ARXIV = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
<channel><title>cs.XX updates</title><link>http://rss.papers.example/rss/cs.XX</link><lastBuildDate>Tue, 24 Nov 2026
 05:00:00 +0000</lastBuildDate><item><title>On $n &lt; m$ pumps</title><link>https://papers.example/abs/1</link>
<description>Announce Type: new \nAbstract: We show a &lt; b.</description><guid isPermaLink="false">oai:1v1</guid>
<pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate><arxiv:announce_type>new</arxiv:announce_type>
<dc:rights>http://licence.example/</dc:rights><dc:creator>Ada L., Grace H.</dc:creator></item></channel></rss>"""

ARXIV_ATOM = f"""<?xml version="1.0" encoding="UTF-8"?>{ATOM_HEAD} xmlns:arxiv="http://arxiv.org/schemas/atom">
<title type="html">A query</title><id>http://papers.example/api/q</id>
<link href="http://papers.example/api?q" rel="self"/>
<entry><id>http://papers.example/abs/1v1</id><updated>2026-11-23T18:00:00Z</updated><published>2026-11-20T18:00:00Z
</published><title>Two
  lines</title><summary>  An abstract.
</summary><author><name>Ada</name></author><author><name>Grace</name><arxiv:affiliation>Navy</arxiv:affiliation>
</author>
<arxiv:comment>12 pages</arxiv:comment><link href="http://papers.example/abs/1v1" rel="alternate" type="text/html"/>
<link title="pdf" href="http://papers.example/pdf/1v1" rel="related" type="application/pdf"/>
<category term="cs.XX" scheme="http://arxiv.org/schemas/atom"/></entry></feed>"""

VIDEO = f"""{ATOM_HEAD} xmlns:yt="http://www.youtube.com/xml/schemas/2015"><title>Films</title>
<link rel="alternate" href="https://films.example/c"/><author><name>Maker</name><uri>https://films.example/m</uri>
</author>
<entry><id>yt:video:1</id><yt:videoId>1</yt:videoId><title>A film</title>
<link rel="alternate" href="https://films.example/1"/>
<published>2026-11-23T10:00:00+00:00</published><updated>2026-11-24T01:00:00+00:00</updated><media:group>
<media:title>Another title</media:title><media:content url="https://films.example/1.swf" type="x"/><media:thumbnail
 url="https://films.example/1.jpg"/><media:description>Below the film</media:description></media:group></entry>
<entry><id>yt:video:2</id><media:group><media:title>Only here</media:title></media:group></entry></feed>"""

XHTML = f"""{ATOM_HEAD} xml:base="https://site.example/a/"><title type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml">The <em>site</em></div></title><link href="."/>
<rights type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">© <a href="/">us</a></div></rights>
<entry xml:base="b/"><id>tag:1</id><link href="1.html"/><link rel="enclosure" href="../1.mp3"/>
<title type="html">A &amp;amp; B
</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One &lt; two</p><p>Three<br/>four</p></div>
</content>
<updated>2026-11-23T10:00:00.123+01:00</updated><source><title>Elsewhere</title><id>tag:s</id></source></entry>
<entry><id>tag:2</id><title type="text">Tags: &lt;b&gt;</title><summary>Short</summary>
<content type="html">&lt;p&gt;Long</content>
<author><name>Ada</name><email>ada@site.example</email></author></entry></feed>"""

ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<title mode="escaped" type="text/html">Old &amp;amp; wise</title>
<link rel="alternate" type="text/html" href="http://old.example/"/>
<tagline>Words</tagline><modified>2026-11-20T10:00:00Z</modified><entry><title>One</title><link rel="alternate"
 type="text/html" href="http://old.example/1"/><id>tag:old,1</id><issued>2026-11-19T10:00:00+02:00</issued>
<modified>2026-11-20T10:00:00Z</modified><created>2026-11-18T10:00:00Z</created><dc:subject>x</dc:subject>
<content type="text/html" mode="escaped">&lt;p&gt;Text&lt;/p&gt;</content></entry></feed>"""

RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://rdf.example/">
<title>Triples</title><link>http://rdf.example/</link><items><rdf:Seq><rdf:li rdf:resource="http://rdf.example/1"/>
</rdf:Seq>
</items><image rdf:resource="http://rdf.example/i"/></channel><image rdf:about="http://rdf.example/i">
<title>Picture</title>
<url>http://rdf.example/i.png</url><link>http://rdf.example/p</link></image><item rdf:about="http://rdf.example/1">
<title>One</title><link>http://rdf.example/1?x</link><dc:date>2026-11-20T08:00:00+01:00</dc:date>
<dc:creator>Grace</dc:creator>
<description>Plain &amp;lt;text&amp;gt;</description></item></rdf:RDF>"""

OLD = """<rss version="0.91"><channel><title>Ninety-one</title><link>http://old.example/</link>
<description>d</description>
<language>en</language><textinput><title>Search</title><link>http://old.example/s</link></textinput>
<item><title>One</title><link>http://old.example/1</link><description>First</description></item>
<item><title>Two</title><author>me@old.example (Me)</author><source url="http://x.example/">X</source></item>
</channel></rss>"""

#: What a server gives that wraps text twice, or dates as nobody else does.
ODD = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1" xmlns:x="http://x.example/ns"><channel>
<title>Ã©trange</title><link>http://odd.example/</link><description/><item><title>Caf&#195;&#169; &#150; one</title>
<link>http://odd.example/1</link><link>http://odd.example/2</link><dc:creator>Someone</dc:creator>
<pubDate>24/11/2026</pubDate>
<description>first</description><description>second</description><x:meta><title>inner</title><guid>inner</guid>
</x:meta></item>
<item><title/><title>Two</title><guid isPermaLink="true">http://odd.example/g</guid>
<pubDate>2026-11-23 10:00:00</pubDate>
<author/><dc:creator>Last</dc:creator><comments>http://odd.example/c</comments></item>
<item><guid>plain</guid><pubDate>Thu,19 Nov 2026 4:35:5 GMT+9</pubDate><image>http://odd.example/i.png</image></item>
</channel></rss>"""

DIALECTS = {
    "podcast": PODCAST, "WordPress": WORDPRESS, "arXiv": ARXIV, "arXiv's Atom": ARXIV_ATOM, "video": VIDEO,
    "XHTML and xml:base": XHTML, "Atom 0.3": ATOM_03, "RDF": RDF, "RSS 0.91": OLD, "odd": ODD,
}  # fmt: skip
