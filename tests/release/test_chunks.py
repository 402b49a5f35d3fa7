from __future__ import annotations

from helmpy.release.chunks import template_chunks


def test_chunks_are_whole_files_in_rough_order() -> None:
    rendered = {
        "c/templates/y.yaml": "apiKind:\nkind: Namespace\n---\nkind: Service\n",
        "c/templates/j.yaml": "---\nkind: Job\r\n",
        "c/templates/q.yaml": '#kind: Deployment # c\nkind: "Service"\n',
        "c/templates/ws.yaml": "  \n ",
        "c/templates/nonl.yaml": "kind: Service",
        "c/templates/NOTES.txt": "notes",
        "c/templates/XNOTES.txt": "kind: Foo\n",
        "c/templates/_p.tpl": "kind: Pod\n",
    }
    found = template_chunks(rendered.items())
    assert [chunk.path.rsplit("/", 1)[1] for chunk in found] == [
        "y.yaml", "j.yaml", "q.yaml", "XNOTES.txt", "nonl.yaml", "ws.yaml",
    ]  # fmt: skip
    assert str(found[-1]) == "---\n# Source: c/templates/ws.yaml\n  \n \n"
    noted = template_chunks(rendered.items(), show_notes=True)
    assert [chunk.kind for chunk in noted][-4:] == ["Foo", "Unknown", "Unknown", "Unknown"]
