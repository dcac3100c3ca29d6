from modules import Client

client = Client(project_type='app')
classifier = client.module('openmo/iris_classifier/1.0.0')


def handle(conf):
    """Tell the species of an iris from four measures."""
    measures = {
        'sepal_length': conf['sepal_length'],  # value_type: float # description: sepal length in cm (花萼长)
        'sepal_width': conf['sepal_width'],    # value_type: float # description: sepal width in cm (花萼宽)
        'petal_length': conf['petal_length'],  # value_type: float # description: petal length in cm (花瓣长)
        'petal_width': conf['petal_width'],    # value_type: float # description: petal width in cm (花瓣宽)
    }
    index = classifier.run(measures)[0]
    species = classifier.classes()[index]
    probabilities = classifier.probabilities(measures)
    return {
        'species': species,              # value_type: str # description: species (品种)
        'probabilities': probabilities,  # value_type: dataframe # description: of each species (概率)
    }
