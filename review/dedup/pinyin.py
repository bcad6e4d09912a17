"""Pinyin of Han characters, enough to hold a Chinese name against its romanised form.

The 3,755 common characters of GB 2312 (level 1) stand in the order of their pinyin, so the first
character of each syllable gives the reading of all of them. Rarer characters that names are fond of,
and traditional forms of the commonest ones, are listed. Tones are left out, and u stands for \u00fc.
"""

from __future__ import annotations

import bisect
import re
from functools import cache

# Syllable, then the first character that is read so, in the order of GB 2312 level 1.
_FIRST = (
    "a啊 ai埃 an鞍 ang肮 ao凹 ba芭 bai白 ban斑 bang邦 bao苞 bei杯 ben奔 beng崩 bi逼 bian鞭 biao标 bie鳖 bin彬 "
    "bing兵 bo玻 bu捕 ca擦 cai猜 can餐 cang苍 cao操 ce厕 ceng层 cha插 chai拆 chan搀 chang昌 chao超 che车 "
    "chen郴 cheng撑 chi吃 chong充 chou抽 chu初 chuai揣 chuan川 chuang疮 chui吹 chun春 chuo戳 ci疵 cong聪 "
    "cou凑 cu粗 cuan蹿 cui摧 cun村 cuo磋 da搭 dai呆 dan耽 dang当 dao刀 de德 deng蹬 di堤 dian颠 diao碉 die跌 "
    "ding丁 diu丢 dong东 dou兜 du督 duan端 dui堆 dun墩 duo掇 e蛾 en恩 er而 fa发 fan藩 fang坊 fei菲 fen芬 "
    "feng丰 fo佛 fou否 fu夫 ga噶 gai该 gan干 gang冈 gao篙 ge哥 gei给 gen根 geng耕 gong工 gou钩 gu辜 gua刮 "
    "guai乖 guan棺 guang光 gui瑰 gun辊 guo锅 ha哈 hai骸 han酣 hang夯 hao壕 he呵 hei嘿 hen痕 heng哼 hong轰 "
    "hou喉 hu呼 hua花 huai槐 huan欢 huang荒 hui灰 hun荤 huo豁 ji击 jia嘉 jian歼 jiang僵 jiao蕉 jie揭 jin巾 "
    "jing荆 jiong炯 jiu揪 ju鞠 juan捐 jue撅 jun均 ka喀 kai开 kan刊 kang康 kao考 ke坷 ken肯 keng坑 kong空 "
    "kou抠 ku枯 kua夸 kuai块 kuan宽 kuang匡 kui亏 kun坤 kuo括 la垃 lai莱 lan蓝 lang琅 lao捞 le勒 lei雷 leng棱 "
    "li厘 lia俩 lian联 liang粮 liao撩 lie列 lin琳 ling玲 liu溜 long龙 lou楼 lu芦 luan峦 lue掠 lun抡 luo萝 "
    "ma妈 mai埋 man瞒 mang芒 mao猫 me么 mei玫 men门 meng萌 mi眯 mian棉 miao苗 mie蔑 min民 ming明 miu谬 mo摸 "
    "mou谋 mu拇 na拿 nai氖 nan南 nang囊 nao挠 ne呢 nei馁 nen嫩 neng能 ni妮 nian蔫 niang娘 niao鸟 nie捏 nin您 "
    "ning柠 niu牛 nong脓 nu奴 nuan暖 nue虐 nuo挪 o哦 ou欧 pa啪 pai拍 pan攀 pang乓 pao抛 pei呸 pen喷 peng砰 "
    "pi坯 pian篇 piao飘 pie撇 pin拼 ping乒 po坡 pu扑 qi期 qia掐 qian牵 qiang枪 qiao橇 qie切 qin钦 qing青 "
    "qiong琼 qiu秋 qu趋 quan圈 que缺 qun裙 ran然 rang瓤 rao饶 re惹 ren壬 reng扔 ri日 rong戎 rou揉 ru茹 ruan软 "
    "rui蕊 run闰 ruo若 sa撒 sai腮 san三 sang桑 sao搔 se瑟 sen森 seng僧 sha莎 shai筛 shan珊 shang墒 shao梢 "
    "she奢 shen砷 sheng声 shi师 shou收 shu蔬 shua刷 shuai摔 shuan栓 shuang霜 shui谁 shun吮 shuo说 si斯 "
    "song松 sou搜 su苏 suan酸 sui虽 sun孙 suo蓑 ta塌 tai胎 tan坍 tang汤 tao掏 te特 teng藤 ti梯 tian天 tiao挑 "
    "tie贴 ting厅 tong通 tou偷 tu凸 tuan湍 tui推 tun吞 tuo拖 wa挖 wai歪 wan豌 wang汪 wei威 wen瘟 weng嗡 wo挝 "
    "wu巫 xi昔 xia瞎 xian掀 xiang相 xiao萧 xie楔 xin薪 xing星 xiong兄 xiu休 xu墟 xuan轩 xue靴 xun勋 ya压 "
    "yan焉 yang殃 yao邀 ye椰 yi一 yin茵 ying英 yo哟 yong拥 you幽 yu迂 yuan鸳 yue曰 yun耘 za匝 zai栽 zan咱 "
    "zang赃 zao遭 ze责 zei贼 zen怎 zeng增 zha扎 zhai摘 zhan瞻 zhang樟 zhao招 zhe遮 zhen珍 zheng蒸 zhi芝 "
    "zhong中 zhou舟 zhu珠 zhua抓 zhuai拽 zhuan专 zhuang桩 zhui椎 zhun谆 zhuo捉 zi兹 zong鬃 zou邹 zu租 "
    "zuan钻 zui嘴 zun尊 zuo昨"
)
# Characters outside level 1: syllable, then the characters.
_MORE = (
    "ai愛 bei蓓 ben犇 biao標 can璨 cen岑 chang昶 chao晁焯 chen琛陳 cheng晟 chong翀 chu褚 cong琮 da笪 dai黛 "
    "deng鄧 dong東 dou窦 duo铎 fa發 fan範 feng馮鳳 fu馥 gao郜 gong龔 gu顧 guo國 han阚晗菡韓 hang珩 hao皓昊灏颢淏 "
    "he賀 heng蘅 hong泓紅 hua桦骅華 huang黃 hui晖蕙荟會 ji嵇霁骥 jia珈賈 jiang蔣 jiao皎蛟 jie婕颉傑 jin瑾 jing璟菁靓憬靜 "
    "jiong炅 juan隽 jue珏 jun珺軍 kai恺锴愷铠 ke珂 kun琨焜锟 lai賴 lan岚蘭 li郦藜麗 lian蓮 lin蔺麟 ling绫翎酃 liu劉 "
    "long龍 lu逯璐鹭呂盧陸 luo羅 ma馬 meng濛 miao淼邈 min旻闵忞 ming茗 mou缪 mu沐 nan楠 ning寧 pang逄龐 peng芃 pin頻 "
    "pu璞 qi亓琦琪祺绮淇麒骐齊 qian茜倩芊蒨骞錢 qing慶 ran苒 rong镕嵘榕 rui芮睿 sa飒 shen燊莘 sheng昇 shu澍書 song嵩淞 su愫蘇 "
    "sun孫 tan譚 tang瑭湯 tao韬 teng滕 ting婷霆 tong仝佟曈 wai崴 wan琬萬 wei炜薇玮暐葳韋偉衛 wen雯玟 wu吳 xi郗曦禧晞羲 "
    "xian冼娴 xiang缃 xiao骁筱潇枭蕭 xie謝協 xin昕鑫馨歆炘 xing興 xu栩許 xuan璇暄瑄萱 xue學 xun荀洵 yan闫晏妍嫣琰焱鄢閻顏嚴豔 "
    "yang飏楊 yao曜窈 ye晔烨葉 yi怡熠祎懿翊薏轶怿漪顗義 yin鄞 ying瑛滢 you攸 yu瑜煜昱彧毓钰聿 yuan瑗 yue玥 yun芸筠昀赟贇雲 zan瓒 "
    "zang臧 zhang璋張 zhao钊趙 zhe晢 zhen禛 zheng筝鄭 zhi芷質 zhong鍾 zhu竺翥 zhuang莊 zi梓 zou鄒"
)
# Family names that are not read as the character mostly is.
_FAMILY = {"单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "盖": "ge", "朴": "piao", "尉": "wei",
           "乐": "yue", "折": "she", "覃": "qin", "翟": "zhai"}
_COMPOUND = frozenset({"欧阳", "歐陽", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐",
                       "夏侯", "端木", "南宫", "长孙", "宇文", "呼延"})
_LEVEL_ONE = ("\u554a".encode("gb2312"), "\u5ea7".encode("gb2312"))
_ENTRY = re.compile(r"([a-z]+)([^a-z\s]+)")


@cache
def _tables() -> tuple[list[bytes], list[str], dict[str, str]]:
    pairs = [(m.group(2).encode("gb2312"), m.group(1)) for m in _ENTRY.finditer(_FIRST)]
    more = {c: m.group(1) for m in _ENTRY.finditer(_MORE) for c in m.group(2)}
    return [code for code, _ in pairs], [syllable for _, syllable in pairs], more


@cache
def syllable(character: str) -> str:
    """The reading of one character without its tone, or an empty string where it is not known."""
    codes, syllables, more = _tables()
    if character in more:
        return more[character]
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return ""
    if len(code) != 2 or not _LEVEL_ONE[0] <= code <= _LEVEL_ONE[1]:
        return ""
    return syllables[bisect.bisect_right(codes, code) - 1]


def romanised(name: str) -> tuple[str, ...]:
    """A Chinese personal name as (family, given syllables...); empty where a character is not known.

    >>> romanised("周玉明")
    ('zhou', 'yu', 'ming')
    """
    cut = 2 if name[:2] in _COMPOUND else 1
    family = _FAMILY.get(name[:cut]) or "".join(syllable(c) for c in name[:cut])
    given = tuple(syllable(c) for c in name[cut:])
    return (family, *given) if family and all(given) else ()

