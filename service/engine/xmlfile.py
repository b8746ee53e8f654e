"""Opening an uploaded file without believing anything it says: no DOCTYPE, no entities, bounded size and depth."""

from lxml import etree

from .nodes import Problem, Unreadable

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"

LARGEST_FILE = 2_000_000
MOST_ELEMENTS = 30_000
DEEPEST = 40


def open_xml(xml: bytes) -> etree._Element:
    """The root `definitions` element. Raises `Unreadable`."""
    if len(xml) > LARGEST_FILE:
        raise unreadable("xml_size", "文件超过2MB，无法作为流程图读取")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise unreadable("xml_syntax", f"不是有效的XML文件：{error}") from None
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise unreadable("xml_doctype", "流程图文件不允许包含DOCTYPE或实体声明")
    if root.tag != BPMN + "definitions":
        raise unreadable("xml_bpmn", "不是BPMN流程图文件")
    _measure(root)
    return root


def unreadable(rule: str, message: str, element_id: str = "") -> Unreadable:
    return Unreadable([Problem("error", rule, element_id, message)])


def _measure(root: etree._Element) -> None:
    level, depth, count = [root], 0, 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise unreadable("xml_size", "流程图嵌套过深或元素过多")
        level = [child for element in level for child in element]
